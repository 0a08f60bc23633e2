/**
 * The PostgreSQL behind a cluster and what it needs to look like Redshift.
 */
package io.github.unloadcopy.sandbox.redshift.postgres;
