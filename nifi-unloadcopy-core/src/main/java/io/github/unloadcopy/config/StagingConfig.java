package io.github.unloadcopy.config;

import io.github.unloadcopy.staging.S3Location;

/**
 * Where data is staged, and as whom the clusters reach it.
 *
 * @param path folder below which every run makes its own
 * @param region Region of the bucket; null when the configuration does not say
 * @param authorization what UNLOAD and COPY present to S3
 * @param deleteOnSuccess whether staged data is deleted once it is loaded
 */
public record StagingConfig(S3Location path, String region, StagingAuthorization authorization, boolean deleteOnSuccess) {
}
