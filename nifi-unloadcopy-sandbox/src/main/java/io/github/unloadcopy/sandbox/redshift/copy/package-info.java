/**
 * COPY: from objects in S3 into a table.
 */
package io.github.unloadcopy.sandbox.redshift.copy;
