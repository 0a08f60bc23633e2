package io.github.unloadcopy.sandbox.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.FaultStatus;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.Match;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;

/**
 * The rules of {@link Faults} over HTTP.
 */
public final class FaultRoutes {

    private static final String THROTTLE_ID = "kms-throttle";
    private static final Pattern COUNT = Pattern.compile("\\d{1,6}");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Faults faults;

    public FaultRoutes(final Faults faults) {
        this.faults = faults;
    }

    public List<Route> routes() {
        return List.of(
                new Route("GET", "/faults", "Every rule in the order in which they are asked, with what it matched and what it injected.", request -> faults.list()),
                new Route("POST", "/faults", "Adds a rule, or puts it into the place of the one with its id: "
                        + "{\"id\":\"optional\",\"match\":{\"service\":\"s3|kms|redshift\",\"operation\":\"GetObject\","
                        + "\"resource\":\"bucket/prefix*\",\"caller\":\"clients|clusters\",\"cluster\":\"source|target\"},\"chance\":{\"rate\":0.5,\"skip\":0,\"count\":3,\"seed\":1},"
                        + "\"effect\":{\"type\":\"ERROR|LATENCY|BANDWIDTH|CUT|DROP|DROP_ANSWER|HANG|ERROR_IN_BODY|KEY_ERRORS\",\"code\":\"SlowDown\",\"message\":\"optional\",\"status\":503,"
                        + "\"bytes\":1,\"rows\":1,\"objects\":1,\"milliseconds\":1}}.", request -> faults.add(rule(request))),
                new Route("DELETE", "/faults", "Removes every rule.", request -> {
                    faults.clear();
                    return null;
                }),
                new Route("GET", "/faults/{id}", "One rule.", request -> find(request.values().get("id"))),
                new Route("DELETE", "/faults/{id}", "Removes one rule.", request -> {
                    remove(request.values().get("id"));
                    return null;
                }),
                new Route("POST", "/kms/throttle", "KMS refuses so many requests with ThrottlingException: ?requests=3. Short for a rule with the id " + THROTTLE_ID + ".", request -> {
                    throttle(request.values());
                    return null;
                }));
    }

    private FaultRule rule(final Route.Request request) {
        try {
            return mapper.treeToValue(request.body(), FaultRule.class);
        } catch (final JsonProcessingException e) {
            throw new IllegalArgumentException(e.getCause() instanceof final IllegalArgumentException wrong ? wrong.getMessage() : e.getOriginalMessage(), e);
        }
    }

    private FaultStatus find(final String id) {
        return faults.list().stream()
                .filter(status -> status.rule().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("There is no fault " + id + "."));
    }

    private void remove(final String id) {
        if (!faults.remove(id)) {
            throw new NoSuchElementException("There is no fault " + id + ".");
        }
    }

    private void throttle(final Map<String, String> values) {
        final String requests = values.getOrDefault("requests", "");
        if (!COUNT.matcher(requests).matches()) {
            throw new IllegalArgumentException("Say how many: POST /kms/throttle?requests=3");
        }

        faults.add(new FaultRule(THROTTLE_ID, Match.kms(null), Chance.times(Integer.parseInt(requests)), Effect.error("ThrottlingException")));
    }
}
