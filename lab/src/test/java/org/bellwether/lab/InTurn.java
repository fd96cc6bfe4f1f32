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
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A test whose minutes continuous integration has not got every day: it takes turns with others. Whoever names it runs it
 * ({@code ./bw test NAME}), and {@code -Dbellwether.every-day=true} runs all.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(InTurn.Turn.class)
@interface InTurn {
    /** How many take turns, in days. */
    int of();

    /** On days whose number since 1970 divided by {@link #of} leaves this. */
    int on();

    final class Turn implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return AnnotationSupport.findAnnotation(context.getElement(), InTurn.class)
                    .map(turn -> evaluate(turn, context.getRequiredTestClass().getSimpleName()))
                    .orElseGet(() -> ConditionEvaluationResult.enabled("it runs every day"));
        }

        private static ConditionEvaluationResult evaluate(InTurn turn, String name) {
            boolean asked = System.getProperty("test") != null || Boolean.getBoolean("bellwether.every-day");
            long today = LocalDate.now(ZoneOffset.UTC).toEpochDay() % turn.of();
            return asked || today == turn.on()
                    ? ConditionEvaluationResult.enabled("it is its day")
                    : ConditionEvaluationResult.disabled("it runs every " + turn.of()
                            + " days, for want of time: ./bw test " + name + " runs it now");
        }
    }
}
