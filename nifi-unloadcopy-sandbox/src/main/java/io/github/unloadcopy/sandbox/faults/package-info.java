/**
 * Faults on demand: rules that say which requests, statements and connections go wrong, how, and how often.
 */
package io.github.unloadcopy.sandbox.faults;
