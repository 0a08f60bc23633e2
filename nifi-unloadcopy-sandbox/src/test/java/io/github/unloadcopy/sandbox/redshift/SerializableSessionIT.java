package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import org.junit.jupiter.api.BeforeAll;

import java.io.IOException;

/** The same on a cluster whose database is SERIALIZABLE. */
class SerializableSessionIT extends SessionIT {

    @BeforeAll
    static void findSerializableCluster() throws IOException {
        cluster = TestCluster.get(IsolationLevel.SERIALIZABLE);
        bucket = cluster.bucket();
    }
}
