package io.github.unloadcopy.sandbox.iam;

import java.util.List;

/**
 * One statement of a policy: these actions on these resources are allowed, or denied whatever else allows them. What no statement allows is not allowed.
 */
public final class Statement {

    private final boolean denial;
    private final Principals principals;
    private final Wildcards actions;
    private final Wildcards resources;

    Statement(final boolean denial, final Principals principals, final List<String> actions, final List<String> resources) {
        this.denial = denial;
        this.principals = principals;
        this.actions = Wildcards.ofActions(actions);
        this.resources = Wildcards.ofResources(resources);
    }

    /**
     * @param actions patterns such as {@code s3:Get*}
     * @param resources patterns of ARNs such as {@code arn:aws:s3:::staging/run/*}
     */
    public static Statement allow(final List<String> actions, final List<String> resources) {
        return new Statement(false, Principals.NOBODY, actions, resources);
    }

    /**
     * @param actions patterns such as {@code s3:Get*}
     * @param resources patterns of ARNs such as {@code arn:aws:s3:::staging/run/*}
     */
    public static Statement deny(final List<String> actions, final List<String> resources) {
        return new Statement(true, Principals.NOBODY, actions, resources);
    }

    boolean isDenial() {
        return denial;
    }

    /** Whom it is about; nobody in particular in a policy that belongs to a role or a user. */
    Principals principals() {
        return principals;
    }

    boolean covers(final String action, final String resource) {
        return actions.match(action) && resources.match(resource);
    }
}
