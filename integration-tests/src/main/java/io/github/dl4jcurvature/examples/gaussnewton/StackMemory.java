/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import io.github.dl4jcurvature.gn.RevMlp;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Memory of the workspaces that the host and the layers keep activations in, after training for some steps. */
public final class StackMemory {
    private static final int EXAMPLES = 256;
    private static final int WIDTH = 64;
    private static final int CLASSES = 10;
    private static final int STEPS = 6;

    private StackMemory() {}

    /**
     * Trains and measures.
     *
     * @param blocks number of blocks
     * @param stacked whether they are in one stack, or layers of their own
     * @return bytes of all workspaces of this thread
     */
    public static long bytes(int blocks, boolean stacked) {
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        RevMlp.Builder builder = RevMlp.builder()
                .nIn(WIDTH)
                .nOut(CLASSES)
                .blocks(blocks)
                .hiddenSize(128)
                .updater(new Sgd(1e-3));
        MultiLayerNetwork network = new MultiLayerNetwork((stacked ? builder.stacked(0) : builder).build());
        network.init();
        INDArray x = Nd4j.randn(DataType.DOUBLE, EXAMPLES, WIDTH);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        y.getColumn(0).assign(1);
        for (int step = 0; step < STEPS; step++) {
            network.fit(x, y);
        }
        return Nd4j.getWorkspaceManager().getAllWorkspacesForCurrentThread().stream()
                .mapToLong(MemoryWorkspace::getCurrentSize)
                .sum();
    }
}
