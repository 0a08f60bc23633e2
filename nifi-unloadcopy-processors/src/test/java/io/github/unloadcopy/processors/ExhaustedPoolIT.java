package io.github.unloadcopy.processors;

import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.services.RedshiftConnectionPool;
import org.apache.nifi.processor.Processor;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.LogMessage;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ExhaustedPoolIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();

    @BeforeAll
    static void createTables() throws SQLException {
        SANDBOX.execute(SANDBOX.source(), "CREATE SCHEMA exhausted", "CREATE TABLE exhausted.orders (id INTEGER)", "INSERT INTO exhausted.orders SELECT n FROM generate_series(1, 10) AS n");
        SANDBOX.execute(SANDBOX.target(), "CREATE SCHEMA exhausted", "CREATE TABLE exhausted.orders (id INTEGER)");
    }

    @Test
    void unloadIsTriedAgain() throws InitializationException, SQLException {
        final TestRunner runner = runner(new RedshiftUnload(), SandboxRunner.SOURCE_POOL);
        runner.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());

        assertTriedAgain(runner, SandboxRunner.SOURCE_POOL, SandboxRunner.tableAttributes("exhausted", "orders"));
    }

    @Test
    void loadIsTriedAgain() throws InitializationException, SQLException {
        final TestRunner unload = SandboxRunner.create(new RedshiftUnload());
        unload.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, SandboxRunner.SOURCE_POOL);
        unload.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        unload.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());
        final MockFlowFile staged = SandboxRunner.succeed(unload, SandboxRunner.tableAttributes("exhausted", "orders"));

        assertTriedAgain(runner(new RedshiftCopy(), SandboxRunner.TARGET_POOL), SandboxRunner.TARGET_POOL, staged.getAttributes());
        assertEquals(List.of(List.of("10")), SANDBOX.query(SANDBOX.target(), "SELECT COUNT(*) FROM exhausted.orders"));
    }

    private static TestRunner runner(final Processor processor, final String poolId) throws InitializationException {
        final TestRunner runner = SandboxRunner.create(processor);
        runner.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, poolId);
        runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        final RedshiftConnectionPool pool = (RedshiftConnectionPool) runner.getControllerService(poolId);
        runner.disableControllerService(pool);
        runner.setProperty(pool, RedshiftConnectionPool.MAX_CONNECTIONS, "2");
        runner.setProperty(pool, RedshiftConnectionPool.MAX_WAIT_TIME, "1 sec");
        runner.enableControllerService(pool);
        return runner;
    }

    private static void assertTriedAgain(final TestRunner runner, final String poolId, final Map<String, String> attributes) throws SQLException {
        final RedshiftConnectionPool pool = (RedshiftConnectionPool) runner.getControllerService(poolId);
        runner.enqueue(new byte[0], attributes);

        try (Connection first = pool.getConnection(attributes); Connection second = pool.getConnection(attributes)) {
            runner.run(1, false);

            assertTrue(first.isValid(1) && second.isValid(1));
            runner.assertQueueNotEmpty();
            runner.assertTransferCount("failure", 0);
            runner.assertPenalizeCount(1);
            assertEquals(List.of(), runner.getLogger().getErrorMessages());
            final List<String> warnings = runner.getLogger().getWarnMessages().stream().map(LogMessage::getMsg).toList();
            assertEquals(1, warnings.size());
            assertTrue(warnings.getFirst().contains("total=2, active=2") && warnings.getFirst().contains("Max Total Connections"), warnings::getFirst);
        }

        runner.run(1, true, false);
        runner.assertAllFlowFilesTransferred("success", 1);
    }
}
