/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;

/** Two-dimensional convolutions: one row per output position, its input the patch (channel, height, width). */
record ConvolutionCapture(ConvolutionLayer configuration, ErrorTape tape) implements LayerCapture {

    static ConvolutionCapture attach(ConvolutionLayer configuration) {
        ErrorTape tape = new ErrorTape();
        configuration.setActivationFn(new CapturingActivation(configuration.getActivationFn(), tape));
        return new ConvolutionCapture(configuration, tape);
    }

    @Override
    public void recordErrors(boolean on) {
        tape.record(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        INDArray errors = tape.only(); // [B, nOut, oh, ow] whatever the data format
        long positions = errors.size(2) * errors.size(3);
        long rows = errors.size(0) * positions;
        return List.of(LayerFactors.of(
                pass,
                List.of(ConvolutionParamInitializer.WEIGHT_KEY),
                configuration.hasBias() ? ConvolutionParamInitializer.BIAS_KEY : null,
                patches(pass.layer().input().castTo(errors.dataType()), (int) errors.size(2), (int) errors.size(3)),
                errors.permute(0, 2, 3, 1).dup('c').reshape('c', rows, errors.size(1)),
                positions));
    }

    /** Patches of shape [B oh ow, channels kh kw], as the host's own forward pass lays them out. */
    private INDArray patches(INDArray input, int outHeight, int outWidth) {
        INDArray images = configuration.getCnn2dDataFormat() == CNN2DFormat.NHWC
                ? input.permute(0, 3, 1, 2).dup('c')
                : input; // [B, channels, h, w]
        int[] kernel = configuration.getKernelSize();
        int[] stride = configuration.getStride();
        int[] dilation = configuration.getDilation();
        boolean same = configuration.getConvolutionMode() == ConvolutionMode.Same;
        int[] size = {(int) images.size(2), (int) images.size(3)};
        int[] padding = same
                ? ConvolutionUtils.getSameModeTopLeftPadding(
                        new int[] {outHeight, outWidth}, size, kernel, stride, dilation)
                : configuration.getPadding();
        long[] shape = {images.size(0), outHeight, outWidth, images.size(1), kernel[0], kernel[1]};
        INDArray patches = Nd4j.createUninitialized(images.dataType(), shape, 'c');
        Convolution.im2col(
                images,
                kernel[0],
                kernel[1],
                stride[0],
                stride[1],
                padding[0],
                padding[1],
                dilation[0],
                dilation[1],
                same,
                patches.permute(0, 3, 4, 5, 1, 2));
        return patches.reshape('c', shape[0] * shape[1] * shape[2], shape[3] * shape[4] * shape[5]);
    }
}
