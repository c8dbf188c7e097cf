/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.List;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.gaussnewton.StudyData;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.GaussNewtonListener;
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
    private static final int REPORT_EVERY = 10;

    private final StudyData data;
    private final TextTable table = new TextTable("optimiser", "test loss", "test accuracy");
    private final Figures figures = new Figures();

    /** Trains both. */
    RevMlpDigits(StudyData data) {
        this.data = data;
        compare("Gauss-Newton, half steps", "gn", new GaussNewton(0.5));
        compare("Adam, rate 0.001", "adam", new Adam(1e-3));
    }

    /**
     * Trains both and prints losses and accuracies on test images.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        RevMlpDigits example = new RevMlpDigits(StudyData.digits());
        System.out.println(example.table);
        System.out.println(example.figures);
    }

    TextTable table() {
        return table;
    }

    Figures figures() {
        return figures;
    }

    private void compare(String name, String key, IUpdater updater) {
        MultiLayerNetwork network = train(data, updater);
        double loss = network.score(data.test());
        double accuracy = accuracy(network, data.test());
        table.row(name, "%.3f".formatted(loss), "%.1f %%".formatted(100 * accuracy));
        figures.put("revmlp.%s.test".formatted(key), loss).put("revmlp.%s.accuracy".formatted(key), accuracy);
    }

    private static MultiLayerNetwork train(StudyData data, IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
                .nIn(OpticalDigits.PIXELS)
                .nOut(OpticalDigits.CLASSES)
                .blocks(2)
                .hiddenSize(HIDDEN)
                .updater(updater)
                .build());
        network.init();
        if (updater instanceof GaussNewton) {
            network.addListeners(new GaussNewtonListener(report -> {
                if (report.iteration() % REPORT_EVERY == 0) {
                    System.out.printf(
                            "iteration %d: same-batch change %.1f %%, gain ratio %.2f%n",
                            report.iteration(), report.percentChange(), report.gainRatio());
                }
            }));
        }
        List<DataSet> batches = data.train().batchBy(BATCH);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            batches.forEach(network::fit);
        }
        return network;
    }

    private static double accuracy(MultiLayerNetwork network, DataSet test) {
        Evaluation evaluation = new Evaluation(OpticalDigits.CLASSES);
        evaluation.eval(test.getLabels(), network.output(test.getFeatures()));
        return evaluation.accuracy();
    }
}
