package io.github.unloadcopy.sandbox.redshift.parquet;

/**
 * What a file is called in messages.
 *
 * @param url the {@code https} address that Redshift Spectrum reads from
 * @param location the {@code s3://} address
 */
public record SourceName(String url, String location) {

    /**
     * @param region AWS Region of the bucket
     */
    public static SourceName of(final String region, final String bucket, final String key) {
        return new SourceName("https://s3." + region + ".amazonaws.com/" + bucket + '/' + key, "s3://" + bucket + '/' + key);
    }
}
