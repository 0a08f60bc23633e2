package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of the delivered flow in the NiFi that test classes share; each test has an import of its own. */
@ExtendWith(SharedLandscape.class)
abstract class FlowTest {
    static Landscape landscape;
    static Clusters clusters;

    DeliveredFlow flow;

    @BeforeAll
    static void findLandscape(final Landscape shared) {
        landscape = shared;
        clusters = new Clusters(landscape.clouds());
    }

    @BeforeEach
    void importFlow() throws Exception {
        flow = new DeliveredFlow(landscape, getClass().getSimpleName());
    }

    @AfterEach
    void closeFlow() throws NiFiException {
        flow.close();
    }
}
