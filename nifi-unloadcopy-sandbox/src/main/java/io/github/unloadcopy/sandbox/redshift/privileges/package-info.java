/**
 * Statements about who may do what: GRANT and REVOKE, roles, datashares, row-level security and masking. What they mean is in the sandbox's catalog; here they are read and become calls of it.
 */
package io.github.unloadcopy.sandbox.redshift.privileges;
