/**
 * The two isolation levels of Redshift, over PostgreSQL's REPEATABLE READ.
 */
package io.github.unloadcopy.sandbox.redshift.isolation;
