/**
 * A statement's dealings with S3: as whom, in which Region, encrypted how, and what a failure is called.
 */
package io.github.unloadcopy.sandbox.redshift.s3;
