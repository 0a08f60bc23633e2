/**
 * One Redshift cluster: an embedded PostgreSQL behind a front that speaks the wire protocol and runs UNLOAD and COPY itself.
 */
package io.github.unloadcopy.sandbox.redshift;
