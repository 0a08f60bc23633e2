/**
 * The PostgreSQL wire protocol, version 3, as Redshift speaks it: the front that clients connect to, and the conversation with the backend behind it.
 */
package io.github.unloadcopy.sandbox.redshift.wire;
