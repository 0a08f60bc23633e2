package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;

import java.time.Duration;
import java.util.List;

/**
 * A role: what it may do, and who may take it on.
 *
 * @param name the part of its ARN after {@code role/}
 * @param statements what it may do
 * @param trust who may assume it
 * @param longestSession from one hour to twelve
 */
public record Role(String name, List<Statement> statements, ResourcePolicy trust, Duration longestSession) {

    private static final Duration ONE_HOUR = Duration.ofHours(1);
    private static final Duration TWELVE_HOURS = Duration.ofHours(12);
    private static final List<String> ANYTHING = List.of("*");
    private static final List<String> EVERY_OBJECT = List.of("arn:aws:s3:::*");
    private static final List<String> EVERY_KEY = List.of("arn:aws:kms:*:" + Iam.ACCOUNT_ID + ":key/*");

    /** Redshift's clusters may assume the role, and whoever in the account has a policy that allows it. */
    private static final ResourcePolicy TRUST = PolicyDocument.trust("""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com","AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole"}]}""".formatted(Iam.ACCOUNT_ID));

    /** May do what unloading, copying and purging need, in every bucket and with every key, and may pass on to every other role. */
    public static final Role REDSHIFT_UNLOAD_COPY = new Role("RedshiftUnloadCopy", List.of(
            Statement.allow(List.of("s3:*"), EVERY_OBJECT),
            Statement.allow(List.of("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"), EVERY_KEY),
            Statement.allow(List.of("sts:AssumeRole"), List.of("arn:aws:iam::" + Iam.ACCOUNT_ID + ":role/*"))));

    /** May read every bucket, also what SSE-KMS encrypted, and write nowhere. */
    public static final Role READ_ONLY = new Role("ReadOnly", List.of(
            Statement.allow(List.of("s3:Get*", "s3:List*"), EVERY_OBJECT),
            Statement.allow(List.of("kms:Decrypt"), EVERY_KEY)));

    /** May do everything in S3 and nothing in KMS. */
    public static final Role NO_KMS = new Role("NoKms", List.of(Statement.allow(List.of("s3:*"), EVERY_OBJECT)));

    /** May be assumed, and that is all. */
    public static final Role NOTHING = new Role("Nothing", List.of());

    /** The account's own: what its access key may do. */
    static final List<Statement> ROOT = List.of(Statement.allow(ANYTHING, ANYTHING));

    public Role {
        statements = List.copyOf(statements);
        if (longestSession.compareTo(ONE_HOUR) < 0 || longestSession.compareTo(TWELVE_HOURS) > 0) {
            throw new IllegalArgumentException("A role's sessions may take from one hour to twelve, not " + longestSession + ".");
        }
    }

    /** A role that clusters and the account may assume, for an hour. */
    public Role(final String name, final List<Statement> statements) {
        this(name, statements, TRUST, ONE_HOUR);
    }

    /**
     * A role from IAM's documents.
     *
     * @param policy what it may do
     * @param trust who may assume it; null for clusters and the account
     * @throws CloudException MalformedPolicyDocument
     */
    public static Role of(final String name, final String policy, final String trust) {
        return new Role(name, PolicyDocument.identity(policy), trust == null ? TRUST : PolicyDocument.trust(trust), ONE_HOUR);
    }

    public String arn() {
        return "arn:aws:iam::" + Iam.ACCOUNT_ID + ":role/" + name;
    }
}
