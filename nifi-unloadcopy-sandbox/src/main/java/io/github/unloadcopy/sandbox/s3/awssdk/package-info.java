/**
 * The objects that S3 serves, encrypted in memory, and what each principal may do with them.
 *
 * <p>S3Proxy decides by the name of a store's package what it must do in the store's place: a store whose package has {@code awssdk} in its name keeps uploads, checksums and the conditions of
 * conditional writes itself, and answers in the types of the AWS SDK. So does this one.
 */
package io.github.unloadcopy.sandbox.s3.awssdk;
