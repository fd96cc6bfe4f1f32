/** What the agent's rooms stand on: lanes, child processes, errors with words, small facts kept on disk. */
@NullMarked
package org.bellwether.agent.platform;

import org.jspecify.annotations.NullMarked;
