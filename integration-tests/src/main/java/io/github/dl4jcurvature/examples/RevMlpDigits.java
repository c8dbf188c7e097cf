/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.List;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.gaussnewton.StudyData;
import io.github.dl4jcurvature.examples.report.Figures;
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

    private RevMlpDigits() {}

    /**
     * Trains both and prints losses and accuracies on test images.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        StudyData data = StudyData.digits();
        System.out.println(figures(data));
    }

    /**
     * Trains both.
     *
     * @param data images
     * @return losses and accuracies on test images
     */
    static Figures figures(StudyData data) {
        Figures figures = new Figures();
        MultiLayerNetwork gaussNewton = train(data, new GaussNewton(0.5));
        figures.put("revmlp.gn.test", gaussNewton.score(data.test()));
        figures.put("revmlp.gn.accuracy", accuracy(gaussNewton, data.test()));
        MultiLayerNetwork adam = train(data, new Adam(1e-3));
        figures.put("revmlp.adam.test", adam.score(data.test()));
        figures.put("revmlp.adam.accuracy", accuracy(adam, data.test()));
        return figures;
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
