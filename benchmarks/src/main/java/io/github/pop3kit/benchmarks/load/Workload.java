package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.util.Map;

/** What each thread of the driver does again and again. */
interface Workload {

    /** What is done before the clock begins, as to find out what replies have to be. */
    default void prepare(Worker worker) throws IOException {}

    /** Goes on until the worker's time is over; tells it of each operation. */
    void run(Worker worker) throws IOException;

    /** After the time is over: whether all is as it should be. */
    default void conclude(Worker worker) throws IOException {}

    /** What else there is to say, by its name. */
    default Map<String, Double> more() {
        return Map.of();
    }
}
