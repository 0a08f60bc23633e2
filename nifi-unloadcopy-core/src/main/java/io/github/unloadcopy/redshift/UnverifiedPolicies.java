package io.github.unloadcopy.redshift;

/**
 * What a load does that is to replace a table by a user to whom Redshift does not show whether policies are attached to it: all but superusers and users with the role sys:secadmin (Database
 * Developer Guide, pages "SVV_ATTACHED_MASKING_POLICY" and "SVV_RLS_ATTACHED_POLICY").
 */
public enum UnverifiedPolicies {
    /** It fails before anything is unloaded. */
    FAIL,
    /** It replaces the table, and a policy on it is lost. */
    IGNORE
}
