package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * What follows {@code s3://}.
 *
 * @param key key or prefix; may be empty
 */
public record S3Location(String bucket, String key) {

    private static final String SCHEME = "s3://";

    /**
     * @throws SqlError when the text is no S3 location
     */
    public static S3Location parse(final String command, final String text) {
        if (!text.startsWith(SCHEME)) {
            throw SqlError.notSupported(command + " reads and writes s3://bucket/key locations; " + other(text) + " not supported by the sandbox");
        }

        Literals.printable(command, text);

        final int slash = text.indexOf('/', SCHEME.length());
        final String bucket = slash < 0 ? text.substring(SCHEME.length()) : text.substring(SCHEME.length(), slash);
        if (bucket.isEmpty()) {
            throw SqlError.syntax("Invalid S3 location in " + command + ": the bucket is missing after s3://");
        }

        return new S3Location(bucket, slash < 0 ? "" : text.substring(slash + 1));
    }

    private static String other(final String text) {
        if (text.startsWith("dynamodb://")) {
            return "Amazon DynamoDB (dynamodb://) is";
        }

        return text.startsWith("emr://") ? "Amazon EMR (emr://) is" : "other sources are";
    }

    public S3Location withKey(final String otherKey) {
        return new S3Location(bucket, otherKey);
    }

    @Override
    public String toString() {
        return SCHEME + bucket + '/' + key;
    }
}
