/**
 * The sandbox's own HTTP interface for tests and people.
 */
package io.github.unloadcopy.sandbox.control;
