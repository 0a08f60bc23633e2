/**
 * Files that hold secrets.
 */
package io.github.unloadcopy.sandbox.files;
