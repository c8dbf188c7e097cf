/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.examples.data.Permutation;
import io.github.dl4jcurvature.gn.CentredKernelAlignment;
import io.github.dl4jcurvature.gn.NeuralTangentKernel;
import io.github.dl4jcurvature.gn.RevMlp;
import io.github.dl4jcurvature.gn.WeightChange;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** One training of a reversible network with two blocks, and what is measured of it. */
final class StudyRun {
    private static final int BLOCKS = 2;
    private static final int CLASSES = 10;
    private static final int LATER_STEP = 5;

    private final StudyData data;
    private final StudyRegime regime;
    private final MultiLayerNetwork network;
    private final SplittableRandom random;
    private int[] order = new int[0];
    private int next;
    private int taken;
    private double firstChange = Double.NaN;
    private double laterChange = Double.NaN;

    StudyRun(StudyData data, StudyRegime regime, StudyMethod method, double rate, long seed) {
        this.data = data;
        this.regime = regime;
        RevMlp.Builder builder = RevMlp.builder()
                .nIn(data.width())
                .nOut(CLASSES)
                .blocks(BLOCKS)
                .hiddenSize(regime.hidden())
                .seed(seed);
        network = new MultiLayerNetwork(method.configure(builder, rate).build());
        network.init();
        random = new SplittableRandom(seed);
    }

    /** Trains to the end, or until the loss is no number. */
    StudyRun train() {
        return trainTo(regime.steps());
    }

    /** Goes on until so many steps have been taken. */
    StudyRun trainTo(int steps) {
        try {
            while (taken < steps) {
                taken++;
                step(batch(), taken);
            }
        } catch (IllegalArgumentException | IllegalStateException e) { // diverged
            network.params().assign(Double.NaN);
            taken = regime.steps();
        }
        return this;
    }

    private DataSet batch() {
        if (regime.fullBatch()) {
            return data.first(regime.batch());
        }
        if (next + regime.batch() > order.length) {
            order = Permutation.random((int) data.train().getFeatures().size(0), random);
            next = 0;
        }
        next += regime.batch();
        return data.batch(Arrays.copyOfRange(order, next - regime.batch(), next));
    }

    private void step(DataSet batch, int step) {
        network.fit(batch);
        if (step == 1) {
            firstChange = change(batch);
        } else if (step == LATER_STEP) {
            laterChange = change(batch);
        }
    }

    /** In percent; the host's score is that of the batch before the step. */
    private double change(DataSet batch) {
        double before = network.score();
        return 100 * (network.score(batch) - before) / before;
    }

    double validationLoss() {
        double loss = network.score(data.validation());
        return Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss;
    }

    double trainLoss() {
        return network.score(regime.fullBatch() ? data.first(regime.batch()) : data.train());
    }

    double testLoss() {
        return network.score(data.test());
    }

    double testAccuracy() {
        INDArray predicted = network.output(data.test().getFeatures()).argMax(1);
        INDArray wanted = data.test().getLabels().argMax(1);
        return 100
                * predicted
                        .eq(wanted)
                        .castTo(org.nd4j.linalg.api.buffer.DataType.DOUBLE)
                        .meanNumber()
                        .doubleValue();
    }

    double firstChange() {
        return firstChange;
    }

    double laterChange() {
        return laterChange;
    }

    /** Alignment of the tangent kernel of the outputs with that of another run, on some training images. */
    double kernelAlignment(StudyRun other) {
        INDArray probes = data.first(regime.probes()).getFeatures();
        return NeuralTangentKernel.alignment(
                NeuralTangentKernel.of(network, probes).exact(),
                NeuralTangentKernel.of(other.network, probes).exact());
    }

    /** Alignment of the activations of both blocks with those of another run, on test images. */
    List<Double> representationAlignments(StudyRun other) {
        return CentredKernelAlignment.ofLayers(
                        network, other.network, data.test().getFeatures())
                .subList(0, BLOCKS);
    }

    /** Norm of the weights of the first block over that of another run. */
    double weightRatio(StudyRun other) {
        return WeightChange.of(other.network.getParam("0_Wf"), network.getParam("0_Wf"))
                .normRatio();
    }
}
