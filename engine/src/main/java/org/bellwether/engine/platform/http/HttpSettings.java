package org.bellwether.engine.platform.http;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where the engine listens and how much it lets clients take.
 *
 * @param address the address to listen on
 * @param httpsPort the port of HTTPS; 0 takes any free one
 * @param httpPort the port of plain HTTP, which serves only health and the authority's certificate; absent for none
 * @param names the names and addresses that the certificate is good for
 * @param bodyLimit the largest body of a request in bytes
 * @param concurrent how many requests are worked on at once; more of them wait
 * @param patience how long a request waits for its turn before it is told to come again
 * @param connections how many connections are kept; more of them wait to be accepted
 * @param idle how long a connection may stay without any traffic
 * @param headerTime how long a client may take to send the head of a request
 */
public record HttpSettings(
        String address,
        int httpsPort,
        OptionalInt httpPort,
        List<String> names,
        int bodyLimit,
        int concurrent,
        Duration patience,
        int connections,
        Duration idle,
        Duration headerTime) {

    private static final int BODY_LIMIT = 4 * 1024 * 1024;
    private static final int CONCURRENT = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CONNECTIONS = 4000;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration HEADER_TIME = Duration.ofSeconds(15);

    public HttpSettings {
        names = List.copyOf(names);
    }

    /** With limits that suit an engine of some hundred hosts. */
    public static HttpSettings of(String address, int httpsPort, OptionalInt httpPort, List<String> names) {
        return new HttpSettings(
                address, httpsPort, httpPort, names, BODY_LIMIT, CONCURRENT, PATIENCE, CONNECTIONS, IDLE, HEADER_TIME);
    }
}
