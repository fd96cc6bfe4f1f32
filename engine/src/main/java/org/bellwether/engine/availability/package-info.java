/** What to do about hosts that fall silent and machines that may be lost with them: functions of what is seen, without effects. */
@NullMarked
package org.bellwether.engine.availability;

import org.jspecify.annotations.NullMarked;
