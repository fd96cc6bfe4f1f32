package org.bellwether.engine.platform.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.slf4j.Logger;

/**
 * The log goes to standard output, from where systemd takes it. In code rather than in logback.xml, because to read that
 * takes a fifth of a second of every start; {@code -Dlogback.configurationFile} still names a file that rules instead.
 */
public final class LogSettings extends ContextAwareBase implements Configurator {

    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%thread] %logger{0}: %msg%n";

    /** Libraries that say at the level of information what concerns their developers. */
    private static final List<String> TALKATIVE = List.of(
            "org.jooq",
            "com.zaxxer.hikari",
            "org.flywaydb",
            "org.eclipse.jetty",
            "io.javalin",
            "io.grpc",
            "org.apache.sshd");

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        var layout = new PatternLayout();
        layout.setContext(logs);
        layout.setPattern(LINE);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(logs);
        encoder.setLayout(layout);
        var out = new ConsoleAppender<ILoggingEvent>();
        out.setContext(logs);
        out.setName("out");
        out.setEncoder(encoder);
        out.start();
        TALKATIVE.forEach(name -> logs.getLogger(name).setLevel(Level.WARN));
        var root = logs.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(out);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
