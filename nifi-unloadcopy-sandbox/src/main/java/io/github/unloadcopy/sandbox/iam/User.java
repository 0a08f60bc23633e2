package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;

import java.util.List;

/**
 * A user, who has access keys.
 *
 * @param name the part of its ARN after {@code user/}
 * @param statements what it may do
 */
public record User(String name, List<Statement> statements) {

    public User {
        statements = List.copyOf(statements);
    }

    /**
     * A user from IAM's document.
     *
     * @param policy what it may do
     * @throws CloudException MalformedPolicyDocument
     */
    public static User of(final String name, final String policy) {
        return new User(name, PolicyDocument.identity(policy));
    }

    public String arn() {
        return "arn:aws:iam::" + Iam.ACCOUNT_ID + ":user/" + name;
    }
}
