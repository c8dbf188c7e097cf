/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.io.IOException;

import org.deeplearning4j.ui.api.UIServer;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;

/** Trains small networks with every method while the page shows their reports. */
final class CurvatureUi {
    private CurvatureUi() {}

    /**
     * Serves the page until enter is pressed.
     *
     * @param arguments the port
     * @throws Exception if the server cannot be started or stopped
     */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.deeplearning4j.ui.port", arguments.length == 0 ? "9000" : arguments[0]);
        InMemoryStatsStorage storage = new InMemoryStatsStorage();
        UIServer server = UIServer.getInstance();
        server.attach(storage);
        System.out.println("open " + server.getAddress() + "/curvature");
        DemoTrainings demo = new DemoTrainings(storage, "demo", 5);
        demo.fishLegWithPruning(40);
        demo.continual();
        demo.gaussNewton();
        demo.ring(200);
        System.out.println("all trained; press enter to stop the server");
        waitForEnter();
        server.stop();
    }

    private static void waitForEnter() throws IOException {
        if (System.in.read() < 0) {
            System.out.println("no input to wait for");
        }
    }
}
