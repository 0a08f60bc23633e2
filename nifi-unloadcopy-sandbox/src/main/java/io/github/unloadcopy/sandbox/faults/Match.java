package io.github.unloadcopy.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What a rule is about. All texts but the service are patterns in which {@code *} is any text and {@code ?} one character, upper and lower case being the same; what is null fits everything.
 *
 * @param operation S3's or KMS's operation, such as GetObject or Decrypt; on Redshift the first word of the statement, such as COPY or COMMIT, or CONNECT for the connection itself,
 *     or CANCEL for the wire protocol's request to cancel a statement (the SQL statement CANCEL is matched by its text)
 * @param resource S3: {@code bucket/key}, for a listing {@code bucket/prefix}; KMS: the key as the request names it, or its ARN; Redshift: the text of the statement
 * @param caller whose request to S3: {@code clients} or {@code clusters}
 * @param cluster {@code source} or {@code target}: the cluster that is connected to, or that asks S3
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Match(Service service, String operation, String resource, String caller, String cluster) {

    /** The operation that stands for the start of a connection to Redshift. */
    public static final String CONNECT = "CONNECT";
    /** The operation that stands for the wire protocol's request to cancel what another connection runs. */
    public static final String CANCEL = "CANCEL";
    public static final String CLIENTS = "clients";
    public static final String CLUSTERS = "clusters";

    public Match {
        if (service == null) {
            throw new IllegalArgumentException("A fault needs match.service: s3, kms or redshift.");
        }

        if (caller != null && !caller.equals(CLIENTS) && !caller.equals(CLUSTERS)) {
            throw new IllegalArgumentException("match.caller is " + CLIENTS + " or " + CLUSTERS + ", not " + caller + ".");
        }
    }

    /** Every request of that operation to S3. */
    public static Match s3(final String operation) {
        return new Match(Service.S3, operation, null, null, null);
    }

    /** Every request of that operation to KMS. */
    public static Match kms(final String operation) {
        return new Match(Service.KMS, operation, null, null, null);
    }

    /** Every statement of that kind, on both clusters. */
    public static Match statement(final String operation) {
        return new Match(Service.REDSHIFT, operation, null, null, null);
    }

    /** Every connection, to both clusters. */
    public static Match connection() {
        return statement(CONNECT);
    }

    /** Every request to cancel a statement, as {@code Statement.cancel()} sends it, to both clusters. */
    public static Match cancelRequest() {
        return statement(CANCEL);
    }

    /** Whether it is about statements of this kind and no others. */
    boolean isStatement(final String kind) {
        return service == Service.REDSHIFT && kind.equalsIgnoreCase(operation);
    }

    public Match on(final String pattern) {
        return new Match(service, operation, pattern, caller, cluster);
    }

    public Match by(final String who) {
        return new Match(service, operation, resource, who, cluster);
    }

    public Match at(final String name) {
        return new Match(service, operation, resource, caller, name);
    }
}
