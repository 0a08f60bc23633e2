package io.github.unloadcopy.sandbox.iam;

import java.util.List;

/**
 * The policy of a thing that has one of its own: whom a role trusts, who may use a KMS key.
 *
 * <p>A principal of the account that it names needs nothing else; where it names the account, the principal's own policy has to allow the action as well ("Policy evaluation logic", IAM User Guide;
 * "Key policies in AWS KMS", AWS KMS Developer Guide).
 */
public final class ResourcePolicy {

    private final String json;
    private final List<Statement> statements;

    ResourcePolicy(final String json, final List<Statement> statements) {
        this.json = json;
        this.statements = List.copyOf(statements);
    }

    /** The text that it was made of. */
    public String json() {
        return json;
    }

    boolean allowsService(final String service, final String action) {
        return statements.stream().noneMatch(statement -> statement.isDenial() && isAbout(statement, service, action))
                && statements.stream().anyMatch(statement -> !statement.isDenial() && isAbout(statement, service, action));
    }

    private static boolean isAbout(final Statement statement, final String service, final String action) {
        return statement.principals().services().contains(service) && statement.covers(action, "*");
    }

    /**
     * @param arns all names of the principal
     * @param identity what the principal's own policy says
     */
    Decision decide(final List<String> arns, final String action, final String resource, final Decision identity) {
        boolean named = false;
        boolean delegated = false;
        for (final Statement statement : statements) {
            final boolean applies = statement.covers(action, resource);
            final boolean names = statement.principals().name(arns);
            final boolean delegates = statement.principals().delegate();
            if (applies && statement.isDenial() && (names || delegates)) {
                return Decision.DENIED_BY_RESOURCE_POLICY;
            }

            named |= applies && !statement.isDenial() && names;
            delegated |= applies && !statement.isDenial() && delegates;
        }

        if (identity == Decision.DENIED_BY_IDENTITY_POLICY) {
            return identity;
        }

        if (named) {
            return Decision.ALLOWED;
        }

        return delegated ? identity : Decision.NO_RESOURCE_POLICY;
    }
}
