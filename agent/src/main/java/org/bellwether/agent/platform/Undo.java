package org.bellwether.agent.platform;

import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to take back when a change of several steps does not come to its end: add an undo after each step, {@link
 * #keep()} at the end; closing without it takes all back, newest first.
 */
public final class Undo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    /** What may fail while being taken back. */
    public interface Action {
        void run() throws Exception;
    }

    private record Step(String what, Action action) {}

    /** Remembers how to take the step back; {@code what} names it in the log should even that fail. */
    public void add(String what, Action action) {
        steps.push(new Step(what, action));
    }

    /** The change is complete: nothing is to be taken back. */
    public void keep() {
        steps.clear();
    }

    @Override
    public void close() {
        for (Step step : steps) {
            try {
                step.action.run();
            } catch (Exception e) { // one that fails must not keep the others from being tried
                LOG.warn("could not {}: {}", step.what, e.toString());
            }
        }
        steps.clear();
    }
}
