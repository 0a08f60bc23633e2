package io.github.unloadcopy.redshift;

/** What kind of thing went wrong on a cluster, and what to do about it. */
public enum Reason {
    /** User or password is wrong (SQLState 28xxx). */
    LOGIN_REFUSED("Check user and password: encrypt the password again if it was changed, and see that the user may connect to the database"),
    /** The database does not exist (3D000). */
    DATABASE_MISSING("Check the name of the database"),
    /** Table or schema does not exist, or cannot be seen (42P01, 3F000). */
    TABLE_MISSING("Create the schema and the table, or correct their names; names are taken as they are written, capitals included"),
    /** A column does not exist (42703). */
    COLUMN_MISSING("Correct the names of the columns, or leave the list out to take all"),
    /** IDENTITY values are loaded without being asked for, or asked for without being loaded. */
    IDENTITY_COLUMN("To keep the source's values, load the column and set explicit_ids to true; to let the target make new ones, leave it out of the columns and set explicit_ids to false"),
    /** A column that needs a value is not loaded. */
    VALUE_MISSING("Load the column as well, or make the table anew with a DEFAULT for it or without its NOT NULL: Redshift changes neither afterwards"),
    /** The user lacks a privilege (42501). */
    PERMISSION_DENIED("GRANT the user USAGE on the schema, and SELECT on the source or INSERT on the target, SELECT and INSERT on the ledger table, and UPDATE on its gate table"),
    /** The cluster may not assume the role. */
    ROLE_REFUSED("Attach the role to the cluster, and let its trust policy name redshift.amazonaws.com; in a chain each role has to be allowed to assume the next"),
    /** S3 refused what the cluster asked for. */
    S3_ACCESS_DENIED("Allow the cluster's role (or access key) s3:GetObject, s3:PutObject, s3:ListBucket and s3:GetBucketLocation on the staging path, "
            + "and kms:GenerateDataKey and kms:Decrypt on the key"),
    /** The temporary credentials with which the cluster reaches S3 have expired. */
    CREDENTIALS_EXPIRED("Give the statement new temporary credentials that last longer than it runs, or a role (IAM_ROLE), whose credentials the cluster renews itself"),
    /** The cluster gets no connection to S3. */
    S3_UNREACHABLE("Let the cluster reach S3: with enhanced VPC routing its subnets need a gateway endpoint for S3 or a NAT gateway, and security groups, network ACLs and DNS have to allow it"),
    /** S3 answered that it cannot serve the request now (500, 503). */
    S3_BUSY("Try again: S3 could not serve the cluster's requests; if that repeats, let fewer statements run at once below the same prefix"),
    /** The bucket does not exist. */
    S3_BUCKET_MISSING("Check the name of the bucket in the staging path"),
    /** The bucket is in another Region than the cluster. */
    S3_OTHER_REGION("Set the Region of the staging bucket, so that the statement names it (REGION)"),
    /** The manifest, or a file that it names, is not there. */
    S3_OBJECT_MISSING("Unload the table again: the staged data was purged, or never written"),
    /** KMS refused the key. */
    KMS_REFUSED("Enable the KMS key, and allow the cluster's role kms:GenerateDataKey and kms:Decrypt on it; key and bucket have to be in the same Region"),
    /** Canceled, by a person or a timeout (57014). */
    CANCELED("Raise the statement timeout (the processor's, the user's statement_timeout or the WLM rule), or run it when the cluster is less busy"),
    /** A query monitoring rule or a timeout of workload management stopped the statement. */
    WORKLOAD_LIMIT("Raise the limit of the query monitoring rule or the timeout of its queue (WLM), or route the user or its query group to another queue: it would be stopped again"),
    /** The cluster's disks are full (53100, or Redshift's 1016). */
    DISK_FULL("Free space on the cluster (PERCENTAGE of STV_PARTITIONS and SVV_TABLE_INFO tell what takes it), VACUUM, or add nodes; then try again"),
    /** The statement needs more memory than its queue gives it (53200). */
    OUT_OF_MEMORY("Give the statement's queue more memory (WLM), or run it when the cluster is less busy"),
    /** The cluster takes no changes for now, as while it is resized, or the connection is read-only (25006). */
    READ_ONLY("Wait until the resize of the cluster has ended, and try again; if it is not resized, let the connection pool give connections that are not read-only"),
    /** The cluster ended the session: a restart, a failover, or a user who terminated it (57P01, 57P02). */
    SESSION_TERMINATED("Try again once the cluster is available: it was restarted (maintenance, reboot, resize), or a superuser or a later attempt ended the session"),
    /** The cluster is starting or stopping and takes no sessions (57P03). */
    CLUSTER_UNAVAILABLE("The cluster is starting, stopping or paused: it is tried again"),
    /** The cluster, database or user has as many sessions as it may have (53300). */
    TOO_MANY_CONNECTIONS("Close sessions that are not needed, lower Max Total Connections of the pools, or raise the CONNECTION LIMIT of the user or database; it is tried again"),
    /** The cluster cannot be reached, or the connection broke (08xxx). */
    CONNECTION_FAILED("Check endpoint, port, security group and that the cluster is running; then try again"),
    /** Every connection of the pool is borrowed, and none came back within its wait. */
    POOL_EXHAUSTED("All connections of the pool are in use: raise its maximum (Max Total Connections) to at least one more than the unloads and loads that run at once, "
            + "or lower the concurrent tasks; it is tried again"),
    /** Rows of a file do not fit the table. */
    LOAD_ERRORS("Make the target's columns fit the source's, then try again"),
    /** Values that the text of an UNLOAD does not carry: floating-point values that it would cut, SUPER values that are too long. */
    VALUES_WOULD_CHANGE("Leave the column out of the list of columns, or unload a query or view in the table's place that gives less: of a floating-point column what matters of it, such as "
            + "CAST(column AS DECIMAL(38, 10)); of a SUPER column the rows WHERE column IS NULL OR JSON_SIZE(column) <= 65535"),
    /** A text is longer than its column (22001). */
    VALUE_TOO_LONG("Widen the target's column: VARCHAR(n) counts bytes, not characters"),
    /** Another transaction was in the way (40001, 40P01, or Redshift's 1018 and 1023), each time that the load was tried. */
    CONFLICT("Try again: other transactions changed the same tables at the same time"),
    /** A statement of an earlier attempt runs on the cluster and does not stop. */
    EARLIER_ATTEMPT_RUNNING("Try again once it has ended; a superuser can end its session with SELECT pg_terminate_backend(session)"),
    /** Another session holds the lock that loads take before their COMMIT. */
    LEDGER_LOCKED("End the session that holds it, with SELECT pg_terminate_backend(session), if it hangs, and try again"),
    /** The name of the target stands for a view, an external table or a system table (42809). */
    NOT_A_TABLE("Name a table as the target, or another schema; views, materialized views, external tables and system tables can be unloaded, but not loaded"),
    /** Row-level security or masking restricts what the user of the unload sees of the source. */
    SOURCE_RESTRICTED("Let a user unload it who sees all of it (GRANT IGNORE RLS to a role of the user; detach masking policies from it), or set Restricted Data Strategy to Unload Visible Data"),
    /** Views keep a table from being replaced (2BP01). */
    DEPENDENT_VIEWS("Drop the views, or make them anew WITH NO SCHEMA BINDING, then try again"),
    /** Privileges on the table that would be replaced cannot be seen, or cannot be granted again. */
    GRANTS_WOULD_BE_LOST("Let a superuser load the table, or let the user see all grants (ALTER USER … SYSLOG ACCESS UNRESTRICTED, and GRANT ROLE sys:monitor); or " + Reason.KEEP_THE_TABLE),
    /** Row-level security or masking protects the table that would be replaced. */
    POLICIES_WOULD_BE_LOST("Policies are detached when their table is dropped: detach them, or " + Reason.KEEP_THE_TABLE),
    /** Whether policies protect the table that would be replaced cannot be seen. */
    POLICIES_UNVERIFIED("Let a superuser or a user with the role sys:secadmin load the table; or " + Reason.KEEP_THE_TABLE
            + "; or, where no policies are used, set Unverified Policies Strategy to Ignore"),
    /** The table that would be replaced is in a datashare. */
    SHARED_TABLE("Remove the table from the datashare, or add its schema to the datashare with INCLUDENEW; or " + Reason.KEEP_THE_TABLE),
    /** The table that would be replaced belongs to another user. */
    OWNER_WOULD_CHANGE("Let its owner or a superuser load the table; or " + Reason.KEEP_THE_TABLE),
    /** Fewer or more rows than there should be. */
    COUNT_MISMATCH("Find out what changed the staged data or the table meanwhile, then unload again"),
    /** The request can never work, whatever the cluster. */
    INVALID_REQUEST("Change the configuration"),
    /** It is unknown whether the load was committed. */
    OUTCOME_UNKNOWN("Try again once the cluster can be reached: the ledger tells what was committed"),
    /** Anything else. */
    OTHER("See the cluster's message");

    private static final String KEEP_THE_TABLE = "keep the table: set Target Table to Must Exist, and empty it with DELETE before the load where its rows are to be replaced";

    private final String advice;

    Reason(final String advice) {
        this.advice = advice;
    }

    /**
     * Whether a FlowFile may wait in its queue and be tried again: no session was to be had, so that nothing has begun, and one will be had without any change. What fails after that may have run for
     * hours, or be stopped on purpose, and is not repeated without being asked.
     */
    public boolean isRetried() {
        return this == POOL_EXHAUSTED || this == TOO_MANY_CONNECTIONS || this == CLUSTER_UNAVAILABLE;
    }

    /** Whether there is no session with the cluster, or no longer. */
    boolean isWithoutSession() {
        return this == CONNECTION_FAILED || this == SESSION_TERMINATED || this == CLUSTER_UNAVAILABLE || this == TOO_MANY_CONNECTIONS;
    }

    /** What to do, as a sentence without its full stop. */
    public String advice() {
        return advice;
    }
}
