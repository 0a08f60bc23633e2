package io.github.unloadcopy.sandbox.iam;

import java.util.List;

/**
 * Whom a statement of a resource's policy is about.
 *
 * @param arns ARNs of users, roles and sessions, the account's number, or {@code *} for everybody
 * @param services such as redshift.amazonaws.com
 */
record Principals(List<String> arns, List<String> services) {

    static final Principals NOBODY = new Principals(List.of(), List.of());

    Principals {
        arns = List.copyOf(arns);
        services = List.copyOf(services);
    }

    /** Whether one of a principal's ARNs is named, or everybody is. */
    boolean name(final List<String> principal) {
        return arns.contains("*") || principal.stream().anyMatch(arns::contains);
    }

    /** Whether the account is named: then its own policies decide. */
    boolean delegate() {
        return arns.contains(Iam.ROOT_ARN) || arns.contains(Iam.ACCOUNT_ID);
    }
}
