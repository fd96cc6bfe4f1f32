package org.bellwether.lab;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Begins no class after the time that {@code ./bw test} sets for the whole: a machine that is slower than others shall say
 * what it saw, and not be stopped in the middle of it. The order is another one every day, so that each gets its turn.
 */
public final class Budget implements ExecutionCondition {
    /** Seconds since 1970 after which no class begins; none where somebody asked for one by its name. */
    private static final Long UNTIL = Long.getLong("bellwether.until");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean begins =
                context.getTestMethod().isEmpty() && context.getTestClass().isPresent();
        if (UNTIL == null || !begins || System.currentTimeMillis() / 1000 < UNTIL) {
            return ConditionEvaluationResult.enabled("there is time");
        }
        return ConditionEvaluationResult.disabled(
                "the time of the whole run is over: ./bw test " + context.getDisplayName() + " runs it");
    }
}
