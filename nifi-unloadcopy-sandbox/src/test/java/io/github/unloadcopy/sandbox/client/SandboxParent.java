package io.github.unloadcopy.sandbox.client;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A program that starts a sandbox, says its process id, and waits to be killed. */
public final class SandboxParent {

    private SandboxParent() {
    }

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        System.out.println(SandboxProcess.start().pid());
        new CountDownLatch(1).await();
    }
}
