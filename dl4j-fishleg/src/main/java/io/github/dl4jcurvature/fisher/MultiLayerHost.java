/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Collection;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** View of a {@link MultiLayerNetwork}. */
final class MultiLayerHost implements HostNetwork {
    private final MultiLayerNetwork network;
    private final FlatView gradient = new FlatView();

    MultiLayerHost(MultiLayerNetwork network) {
        this.network = network;
    }

    @Override
    public Layer[] layers() {
        return network.getLayers();
    }

    @Override
    public Collection<TrainingListener> listeners() {
        return network.getListeners();
    }

    @Override
    public BaseMultiLayerUpdater<?> updater() {
        return (BaseMultiLayerUpdater<?>) network.getUpdater();
    }

    @Override
    public void rebuildUpdater() {
        network.setUpdater(new MultiLayerUpdater(network));
    }

    @Override
    public INDArray parameters() {
        return network.params();
    }

    @Override
    public INDArray gradient() {
        return gradient.of(network.getFlattenedGradients());
    }

    @Override
    public int iteration() {
        return network.getIterationCount();
    }

    @Override
    public int epoch() {
        return network.getEpochCount();
    }

    @Override
    public BackpropType backpropType() {
        return network.getLayerWiseConfigurations().getBackpropType();
    }

    @Override
    public double divisor() {
        return network.conf().isMiniBatch() ? network.batchSize() : 1;
    }

    @Override
    public CurvatureBatch batch() {
        return new CurvatureBatch(
                new INDArray[] {network.getInput()},
                single(network.getLabels()),
                single(inputMask()),
                single(asGiven(network.getOutputLayer().getMaskArray(), network.getLabels())));
    }

    /** The mask of the only layer of a network is that of its labels. */
    private @Nullable INDArray inputMask() {
        return network.getnLayers() == 1 ? null : asGiven(network.getLayer(0).getMaskArray(), network.getInput());
    }

    /** Layers that see steps as examples keep a mask of steps [N, T] as a column [T N, 1], and one of outputs as rows. */
    private static @Nullable INDArray asGiven(@Nullable INDArray mask, INDArray array) {
        if (mask == null || array.rank() != 3 || mask.rank() != 2) {
            return mask;
        }
        long examples = array.size(0);
        long steps = array.size(2);
        if (mask.size(0) != examples * steps) {
            return mask;
        }
        return mask.size(1) == 1
                ? mask.reshape('f', examples, steps)
                : mask.reshape('f', examples, steps, mask.size(1)).permute(0, 2, 1);
    }

    private static INDArray @Nullable [] single(@Nullable INDArray array) {
        return array == null ? null : new INDArray[] {array};
    }
}
