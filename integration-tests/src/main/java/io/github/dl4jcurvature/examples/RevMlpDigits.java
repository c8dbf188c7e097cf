/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.gaussnewton.StudyData;
import io.github.dl4jcurvature.examples.report.CurveFigure;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.Progress;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** A reversible network learns handwritten digits with Gauss-Newton, and with Adam for comparison. */
public final class RevMlpDigits {
    private static final int EPOCHS = 10;
    private static final int BATCH = 250;
    private static final int HIDDEN = 512;

    private final StudyData data;
    private final TextTable table = new TextTable("optimiser", "test loss", "test accuracy");
    private final Figures figures = new Figures();

    private final Map<String, Double> losses = new HashMap<>();
    private final CurveFigure figure =
            new CurveFigure("reversible network: test loss", "passes over 1000 images", "nats per image");

    /** Trains both. */
    RevMlpDigits(StudyData data, Progress progress) {
        this.data = data;
        compare("Gauss-Newton, half steps", "gn", new GaussNewton(0.5));
        progress.done("Gauss-Newton, %d passes over the data".formatted(EPOCHS), 6);
        compare("Adam, rate 0.001", "adam", new Adam(1e-3));
        progress.done("Adam, as many", 1);
    }

    /**
     * Trains both and prints losses and accuracies on test images.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        RevMlpDigits example = new RevMlpDigits(StudyData.digits(), Progress.silent());
        System.out.println(example.table);
        System.out.println(example.figures);
    }

    TextTable table() {
        return table;
    }

    Figures figures() {
        return figures;
    }

    /** Test loss at the end of {@code gn} or {@code adam}. */
    double testLoss(String key) {
        return Objects.requireNonNull(losses.get(key), key);
    }

    /** Test losses in the course of training. */
    CurveFigure figure() {
        return figure;
    }

    private void compare(String name, String key, IUpdater updater) {
        double[] curve = new double[EPOCHS];
        MultiLayerNetwork network = train(updater, curve);
        double loss = curve[EPOCHS - 1];
        losses.put(key, loss);
        figure.add(name, IntStream.rangeClosed(1, EPOCHS).asDoubleStream().toArray(), curve);
        double accuracy = accuracy(network, data.test());
        table.row(name, "%.3f".formatted(loss), "%.1f %%".formatted(100 * accuracy));
        figures.put("revmlp.%s.test".formatted(key), loss).put("revmlp.%s.accuracy".formatted(key), accuracy);
    }

    private MultiLayerNetwork train(IUpdater updater, double[] curve) {
        MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
                .nIn(OpticalDigits.PIXELS)
                .nOut(OpticalDigits.CLASSES)
                .blocks(2)
                .hiddenSize(HIDDEN)
                .updater(updater)
                .build());
        network.init();
        List<DataSet> batches = data.train().batchBy(BATCH);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            batches.forEach(network::fit);
            curve[epoch] = network.score(data.test());
        }
        return network;
    }

    private static double accuracy(MultiLayerNetwork network, DataSet test) {
        Evaluation evaluation = new Evaluation(OpticalDigits.CLASSES);
        evaluation.eval(test.getLabels(), network.output(test.getFeatures()));
        return evaluation.accuracy();
    }
}
