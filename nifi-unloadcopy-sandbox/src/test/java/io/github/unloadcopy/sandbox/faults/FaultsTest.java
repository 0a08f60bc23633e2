package io.github.unloadcopy.sandbox.faults;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FaultsTest {

    private static final Effect SLOW_DOWN = Effect.error("SlowDown");

    private final Faults faults = new Faults();

    @Test
    void sameSeedGivesTheSameFaults() {
        faults.add(new FaultRule(Match.s3("GetObject"), Chance.rate(0.5, 7), SLOW_DOWN));
        final List<Boolean> first = strikes(200);
        faults.clear();
        faults.add(new FaultRule(Match.s3("GetObject"), Chance.rate(0.5, 7), SLOW_DOWN));
        assertEquals(first, strikes(200));
        faults.clear();
        faults.add(new FaultRule(Match.s3("GetObject"), Chance.rate(0.5, 8), SLOW_DOWN));

        assertNotEquals(first, strikes(200));
        assertTrue(first.contains(true) && first.contains(false));
    }

    @Test
    void skipAndCountLimitIt() {
        faults.add(new FaultRule("limited", Match.s3("Get*"), Chance.times(2).after(1), SLOW_DOWN));

        assertEquals(List.of(false, true, true, false, false), strikes(5));
        assertEquals(5, faults.list().getFirst().matched());
        assertEquals(2, faults.list().getFirst().injected());
    }

    @Test
    void rulesAreAboutWhatTheyName() {
        faults.add(new FaultRule("narrow", new Match(Service.S3, "getobject", "staging/run/*", Match.CLUSTERS, "source"), null, SLOW_DOWN));

        assertTrue(strikes("GetObject", "staging/run/7/part", Match.CLUSTERS, "source"));
        assertFalse(strikes("PutObject", "staging/run/7/part", Match.CLUSTERS, "source"));
        assertFalse(strikes("GetObject", "staging/other", Match.CLUSTERS, "source"));
        assertFalse(strikes("GetObject", "staging/run/7/part", Match.CLIENTS, null));
        assertFalse(strikes("GetObject", "staging/run/7/part", Match.CLUSTERS, "target"));
        assertTrue(faults.decide(new Occasion(Service.KMS, "GetObject", List.of("staging/run/7"), Match.CLUSTERS, "source")).isEmpty());
    }

    @Test
    void connectionsAreMatchedByNameOnly() {
        faults.add(new FaultRule(Match.statement("*"), null, Effect.drop()));
        final StatementFaults cluster = new StatementFaults(faults, "source");

        assertEquals(List.of(), cluster.ofConnection());
        assertEquals(1, cluster.ofStatement("select", "SELECT 1").size());
        faults.add(new FaultRule(Match.connection().at("source"), null, Effect.drop()));
        assertEquals(1, cluster.ofConnection().size());
        assertEquals(List.of(), new StatementFaults(faults, "target").ofConnection());
    }

    @Test
    void delaysLetTheNextRuleSpeak() {
        faults.add(new FaultRule(Match.s3(null), null, Effect.latency(Duration.ofMillis(5))));
        faults.add(new FaultRule("second", Match.s3(null), null, SLOW_DOWN));
        faults.add(new FaultRule("third", Match.s3(null), null, Effect.drop()));

        assertEquals(List.of(Effect.Type.LATENCY, Effect.Type.ERROR), decide().stream().map(Effect::type).toList());
        assertEquals(0, faults.list().getLast().matched());
        assertTrue(faults.remove("second"));
        assertEquals(List.of(Effect.Type.LATENCY, Effect.Type.DROP), decide().stream().map(Effect::type).toList());
    }

    @Test
    void ruleOfTheSameIdTakesThePlace() {
        faults.add(new FaultRule("one", Match.s3(null), Chance.times(0), SLOW_DOWN));
        faults.add(new FaultRule(Match.s3(null), Chance.times(0), SLOW_DOWN));
        faults.add(new FaultRule("one", Match.kms(null), null, Effect.drop()));

        assertEquals(List.of("one", "fault-1"), faults.list().stream().map(status -> status.rule().id()).toList());
        assertEquals(Service.KMS, faults.list().getFirst().rule().match().service());
    }

    @Test
    void keysOfDeleteObjectsAreAMatterOfTheirOwn() {
        faults.add(new FaultRule(Match.s3("DeleteObjects").on("staging/kept*"), null, Effect.keyErrors("AccessDenied")));
        final Occasion kept = new Occasion(Service.S3, "DeleteObjects", List.of("staging/kept-1"), Match.CLIENTS, null);

        assertEquals(List.of(), faults.decide(kept));
        assertEquals("AccessDenied", faults.decideKey(kept).code());
        assertNull(faults.decideKey(new Occasion(Service.S3, "DeleteObjects", List.of("staging/gone"), Match.CLIENTS, null)));
    }

    @Test
    void requestsToCancelAreMatchedByNameOnly() {
        faults.add(new FaultRule(Match.statement("*"), null, Effect.drop()));
        faults.add(new FaultRule("lost", Match.cancelRequest(), null, Effect.hang()));
        final StatementFaults statements = new StatementFaults(faults, "source");

        assertEquals(List.of(Effect.hang()), statements.ofCancelRequest());
        assertEquals(List.of(Effect.drop()), statements.ofStatement("cancel", "CANCEL 1"));
        assertEquals(1, faults.list().getLast().matched());
    }

    @Test
    void nonsenseIsRefused() {
        refused("is not one of S3", () -> new FaultRule(Match.s3(null), null, Effect.hang()));
        refused("effect.code is one of", () -> new FaultRule(Match.s3(null), null, Effect.error("Nonsense")));
        refused("or any SQLSTATE together with effect.message", () -> new FaultRule(Match.statement("COPY"), null, Effect.error("22000")));
        refused("chance.rate", () -> Chance.rate(Double.NaN, 1));
        refused("needs effect.bytes, rows or milliseconds", () -> new Effect(Effect.Type.CUT, null, null, null, null, null, null));
        refused("need match.operation UNLOAD or COPY", () -> new FaultRule(Match.statement("SELECT"), null, Effect.hang().afterRows(1)));
        refused("need match.operation UNLOAD or COPY", () -> new FaultRule(Match.s3("GetObject"), null, Effect.latency(Duration.ZERO).afterBytes(1)));
        refused("objects needs match.operation UNLOAD", () -> new FaultRule(Match.statement("COPY"), null, Effect.cutAfterObjects(1)));
        refused("is not one of match.operation CANCEL", () -> new FaultRule(Match.cancelRequest(), null, Effect.dropAnswer()));
        refused("match.caller", () -> Match.s3(null).by("nobody"));
        refused("0 or more", () -> Effect.cutAfterBytes(-1));
    }

    private static void refused(final String words, final Runnable building) {
        final IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, building::run);
        assertTrue(refusal.getMessage().contains(words), refusal::getMessage);
    }

    private List<Boolean> strikes(final int times) {
        return new ArrayList<>(IntStream.range(0, times).mapToObj(index -> !decide().isEmpty()).toList());
    }

    private List<Effect> decide() {
        return faults.decide(new Occasion(Service.S3, "GetObject", List.of("bucket/key"), Match.CLIENTS, null));
    }

    private boolean strikes(final String operation, final String resource, final String caller, final String cluster) {
        return !faults.decide(new Occasion(Service.S3, operation, List.of(resource), caller, cluster)).isEmpty();
    }
}
