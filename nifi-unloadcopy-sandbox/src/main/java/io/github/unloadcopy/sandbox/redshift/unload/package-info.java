/**
 * UNLOAD: from a query to objects in S3.
 */
package io.github.unloadcopy.sandbox.redshift.unload;
