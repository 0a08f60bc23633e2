/**
 * The delimited text that UNLOAD writes and COPY reads, byte by byte.
 */
package io.github.unloadcopy.sandbox.redshift.text;
