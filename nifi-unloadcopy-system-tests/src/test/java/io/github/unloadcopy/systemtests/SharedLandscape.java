package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Gives test classes one sandbox and one NiFi to share, because starting them takes longer than most tests: the first class that asks for a {@link Landscape} starts them, and they stop when
 * the last test has run. Each class imports a flow of its own and works in schemas of its own.
 */
final class SharedLandscape implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedLandscape.class);

    @Override
    public boolean supportsParameter(final ParameterContext parameter, final ExtensionContext context) {
        return parameter.getParameter().getType() == Landscape.class;
    }

    @Override
    public Object resolveParameter(final ParameterContext parameter, final ExtensionContext context) {
        // JUnit closes what is in the store of the root when all classes have run.
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(Landscape.class, type -> start(), Landscape.class);
    }

    private static Landscape start() {
        final Path folder = Build.current().target().resolve("shared-landscape");
        final Landscape landscape = new Landscape(Build.current(), folder);

        try {
            Folders.delete(folder);
            landscape.openClouds(0);
            landscape.launchNiFi();
            landscape.awaitNiFi();
            return landscape;
        } catch (final Exception exception) {
            try {
                landscape.close();
            } catch (final IOException second) {
                exception.addSuppressed(second);
            }

            throw new IllegalStateException("Sandbox and NiFi could not be started.", exception);
        }
    }
}
