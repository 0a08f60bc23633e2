/**
 * Apache Parquet: rows of PostgreSQL's COPY text become files, and files become such rows.
 */
package io.github.unloadcopy.sandbox.redshift.parquet;
