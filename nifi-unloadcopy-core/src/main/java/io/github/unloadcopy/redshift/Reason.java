package io.github.unloadcopy.redshift;

/** What kind of thing went wrong on a cluster. */
public enum Reason {
    LOGIN_REFUSED,
    TABLE_MISSING,
    COLUMN_MISSING,
    PERMISSION_DENIED,
    S3_ACCESS_DENIED,
    S3_BUCKET_MISSING,
    S3_OTHER_REGION,
    S3_OBJECT_MISSING,
    KMS_REFUSED,
    CANCELED,
    CONNECTION_FAILED,
    LOAD_ERRORS,
    VALUE_TOO_LONG,
    COUNT_MISMATCH,
    OUTCOME_UNKNOWN,
    OTHER
}
