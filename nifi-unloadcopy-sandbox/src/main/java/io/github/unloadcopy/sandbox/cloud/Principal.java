package io.github.unloadcopy.sandbox.cloud;

/**
 * Who asks: a role or the owner of an access key.
 *
 * @param arn the ARN that error messages name
 */
public record Principal(String arn) {
}
