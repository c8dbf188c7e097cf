/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Two reversible blocks, d = 64, m = 1024, DOUBLE: processor time of a Gauss-Newton step by the batch. */
public final class BatchPoints {
    private static final List<Integer> BATCHES = List.of(64, 128, 256, 512, 1024);
    private static final int WIDTH = 64;
    private static final int CLASSES = 10;
    private static final int HIDDEN = 1024;
    private static final int WARM_UP = 2;
    private static final int REPETITIONS = 5;

    private BatchPoints() {}

    /**
     * Measures.
     *
     * @param figures receives seconds
     * @param extrapolation receives seconds for a batch of 4096
     * @return the same
     */
    public static TextTable measure(Figures figures, Extrapolation extrapolation) {
        NavigableMap<Integer, Double> measured = new TreeMap<>();
        TextTable table = new TextTable("batch", "Gauss-Newton s", "per example ms");
        for (int batch : BATCHES) {
            MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
                    .nIn(WIDTH)
                    .nOut(CLASSES)
                    .hiddenSize(HIDDEN)
                    .updater(new GaussNewton(0.1))
                    .build());
            network.init();
            DataSet data = data(batch);
            double seconds = ProcessorTime.median(WARM_UP, REPETITIONS, () -> network.fit(data));
            table.row(Integer.toString(batch), "%.4f".formatted(seconds), "%.3f".formatted(1e3 * seconds / batch));
            figures.put("seconds.gaussnewton.%d".formatted(batch), seconds);
            measured.put(batch, seconds);
        }
        extrapolation.add("Gauss-Newton step", "batch", 3, measured, 4096);
        return table;
    }

    private static DataSet data(int examples) {
        SplittableRandom random = new SplittableRandom(examples);
        double[] x = new double[examples * WIDTH];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextGaussian();
        }
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, examples, CLASSES);
        for (int n = 0; n < examples; n++) {
            labels.putScalar(n, random.nextInt(CLASSES), 1);
        }
        return new DataSet(Nd4j.createFromArray(x).reshape('c', examples, WIDTH), labels);
    }
}
