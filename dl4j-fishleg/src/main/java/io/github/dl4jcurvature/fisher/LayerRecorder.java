/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inputs and errors of one dense or output layer of the network that is trained.
 *
 * <p>The runtime layer gets a configuration of its own, whose activation or loss shows its result to this object; the
 * network's configuration, which is saved and compared, stays as the user wrote it. Dropout, weight noise, updater and
 * constraints remain shared between both, for they carry state.
 *
 * <p>The arrays are copied into buffers that are reused from one iteration to the next.
 */
final class LayerRecorder {
    private @Nullable NeuralNetConfiguration installed;
    private @Nullable CurvatureConfiguration configuration;
    private @Nullable INDArray inputs;
    private @Nullable INDArray errors;
    private boolean inputsFresh;
    private boolean errorsFresh;

    static boolean supports(Layer layer) {
        Class<?> type = layer.conf().getLayer().getClass();
        if (type == DenseLayer.class) {
            return !((DenseLayer) layer.conf().getLayer()).hasLayerNorm();
        }
        return type == OutputLayer.class || type == RnnOutputLayer.class;
    }

    @SuppressWarnings("ReferenceEquality") // an equal configuration has no recorder
    void install(Layer layer, CurvatureConfiguration updater) {
        configuration = updater;
        if (installed != null && layer.conf() == installed) {
            return;
        }
        BaseLayer original = (BaseLayer) layer.conf().getLayer();
        NeuralNetConfiguration copy = layer.conf().clone();
        BaseLayer recording = (BaseLayer) copy.getLayer();
        shareState(original, recording);
        if (recording instanceof BaseOutputLayer output) {
            output.setLossFn(new RecordingLoss(output.getLossFn(), this::keepErrors));
        } else {
            recording.setActivationFn(new CapturingActivation(original.getActivationFn(), this::keepErrors));
        }
        layer.setConf(copy);
        installed = copy;
    }

    private static void shareState(BaseLayer original, BaseLayer copy) {
        copy.setIUpdater(original.getIUpdater());
        copy.setBiasUpdater(original.getBiasUpdater());
        copy.setIDropout(original.getIDropout());
        copy.setWeightNoise(original.getWeightNoise());
        copy.setConstraints(original.getConstraints());
        copy.setRegularization(original.getRegularization());
        copy.setRegularizationBias(original.getRegularizationBias());
    }

    private void keepErrors(INDArray delta) {
        if (configuration == null || !configuration.wantsTrainingFactors(delta.size(0))) {
            return;
        }
        errors = copyInto(errors, delta);
        errorsFresh = true;
    }

    void keepInputs(Layer layer) {
        if (layer.input() == null || !errorsFresh) {
            return;
        }
        inputs = copyInto(inputs, rows(layer));
        inputsFresh = true;
        INDArray mask = layer.getMaskArray();
        if (mask != null && layer.conf().getLayer() instanceof DenseLayer && errors != null) {
            errors.muliColumnVector(mask.castTo(errors.dataType()).reshape(mask.length(), 1));
        }
    }

    /** The rows on which the layer's weights act: time series are laid out as the host does before its product. */
    private static INDArray rows(Layer layer) {
        INDArray input = layer.input();
        if (layer.conf().getLayer() instanceof RnnOutputLayer output && input.rank() == 3) {
            INDArray byTime = output.getRnnDataFormat() == RNNFormat.NWC ? input : input.permute(0, 2, 1);
            return byTime.dup('f').reshape('f', byTime.size(0) * byTime.size(1), byTime.size(2)); // [N T, nIn]
        }
        return input;
    }

    private static INDArray copyInto(@Nullable INDArray buffer, INDArray source) {
        INDArray target = buffer;
        if (target == null || !target.equalShapes(source) || target.ordering() != source.ordering()) {
            target = Nd4j.createUninitializedDetached(source.dataType(), source.ordering(), source.shape());
        }
        return target.assign(source);
    }

    /** What the last pass left, or null if it was not complete. */
    @Nullable
    TrainingFactors take() {
        boolean complete = inputsFresh && errorsFresh;
        inputsFresh = false;
        errorsFresh = false;
        if (!complete || inputs == null || errors == null || inputs.size(0) != errors.size(0)) {
            return null;
        }
        return new TrainingFactors(inputs, errors);
    }
}
