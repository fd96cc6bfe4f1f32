package org.bellwether.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test whose minutes continuous integration has not got every day: it takes turns with another one. Whoever names it runs it
 * ({@code ./bw test NAME}), and {@code -Dbellwether.every-day=true} runs all.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(EveryOtherDay.Turn.class)
@interface EveryOtherDay {
    /** On days whose number since 1970 divided by two leaves this: 0 or 1. */
    int value();

    final class Turn implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean asked = System.getProperty("test") != null || Boolean.getBoolean("bellwether.every-day");
            long today = LocalDate.now(ZoneOffset.UTC).toEpochDay() % 2;
            int turn = context.getRequiredTestClass()
                    .getAnnotation(EveryOtherDay.class)
                    .value();
            return asked || today == turn
                    ? ConditionEvaluationResult.enabled("it is its day")
                    : ConditionEvaluationResult.disabled("it runs every other day, for want of time: ./bw test "
                            + context.getRequiredTestClass().getSimpleName() + " runs it now");
        }
    }
}
