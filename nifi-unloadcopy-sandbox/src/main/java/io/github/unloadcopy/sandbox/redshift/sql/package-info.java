/**
 * Reading of SQL as Redshift writes it: tokens, the UNLOAD and COPY statements, and the rewriting of what PostgreSQL would not understand.
 */
package io.github.unloadcopy.sandbox.redshift.sql;
