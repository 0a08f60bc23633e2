package io.github.unloadcopy.sandbox.iam;

import java.util.List;

/**
 * A role that clusters may assume.
 *
 * @param name the part of its ARN after {@code role/}
 * @param statements what it may do
 */
public record Role(String name, List<Statement> statements) {

    private static final List<String> ANYTHING = List.of("*");
    private static final List<String> EVERY_OBJECT = List.of("arn:aws:s3:::*");
    private static final List<String> EVERY_KEY = List.of("arn:aws:kms:*:" + Iam.ACCOUNT_ID + ":key/*");

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
    }

    public String arn() {
        return "arn:aws:iam::" + Iam.ACCOUNT_ID + ":role/" + name;
    }
}
