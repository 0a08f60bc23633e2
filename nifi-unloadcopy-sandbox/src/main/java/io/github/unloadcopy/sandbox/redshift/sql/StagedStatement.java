package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * A statement between a cluster and S3, which the front runs itself.
 */
public sealed interface StagedStatement permits UnloadStatement, CopyStatement {
}
